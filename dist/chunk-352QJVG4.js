import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-JX5S6URR.js";import"./chunk-R55EQKIZ.js";import"./chunk-7PIPMOX6.js";import"./chunk-CR7GDSSA.js";import"./chunk-CGTV6RBV.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{a as openGitHubForge};
