import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{b as a}from"./chunk-Q2OQZPTY.js";import"./chunk-J7SF7TRW.js";import"./chunk-F52DJDHK.js";import"./chunk-FCSBAB73.js";import"./chunk-XW6WB3GR.js";export{a as openGitHubForge};
