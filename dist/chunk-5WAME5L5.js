import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{c as a}from"./chunk-3KOVKB7O.js";import"./chunk-54NY7HM4.js";import"./chunk-ZEJOF4WA.js";import"./chunk-B7OD34ZB.js";import"./chunk-XW6WB3GR.js";export{a as openGitHubForge};
