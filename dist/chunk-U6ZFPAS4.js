import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-2UYJXYAP.js";import"./chunk-ZIXNGDHW.js";import"./chunk-CAYP52MC.js";import"./chunk-CR7GDSSA.js";import"./chunk-GHPCB77D.js";import"./chunk-EG3EQJ4F.js";import"./chunk-3HE3QGSF.js";import"./chunk-LZ4D73MO.js";import"./chunk-VFEBXUO7.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{a as openGitHubForge};
