import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{b as a}from"./chunk-PBX5KCMK.js";import"./chunk-J7SF7TRW.js";import"./chunk-MPTIYMC6.js";import"./chunk-FCSBAB73.js";import"./chunk-XW6WB3GR.js";export{a as openGitHubForge};
