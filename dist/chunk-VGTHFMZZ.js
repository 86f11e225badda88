import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{c as a}from"./chunk-MVUWDYDM.js";import"./chunk-54NY7HM4.js";import"./chunk-XNAWF5RS.js";import"./chunk-B7OD34ZB.js";import"./chunk-XW6WB3GR.js";export{a as openGitHubForge};
