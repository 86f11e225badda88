import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-JAGEORS5.js";import"./chunk-CAYP52MC.js";import"./chunk-OQMTWIOI.js";import"./chunk-XBFSPRCM.js";import"./chunk-C7ISU2UU.js";import"./chunk-CR7GDSSA.js";import"./chunk-7VHLZ6D5.js";import"./chunk-VFEBXUO7.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{a as openGitHubForge};
