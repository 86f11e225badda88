import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-WWLKUWOR.js";import"./chunk-DMSWOJ7R.js";import"./chunk-TIALG3JO.js";import"./chunk-ZEJOF4WA.js";import"./chunk-B7OD34ZB.js";import"./chunk-XW6WB3GR.js";export{a as openGitHub};
