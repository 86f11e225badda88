import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-PPBHSKFE.js";import"./chunk-R55EQKIZ.js";import"./chunk-EVTO7UQR.js";import"./chunk-CR7GDSSA.js";import"./chunk-OO7ILAAJ.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{a as openGitHubForge};
