import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{c as a}from"./chunk-YS6A4M4Z.js";import"./chunk-J7SF7TRW.js";import"./chunk-BDNUYSEK.js";import"./chunk-FCSBAB73.js";import"./chunk-XW6WB3GR.js";export{a as openGitHubForge};
