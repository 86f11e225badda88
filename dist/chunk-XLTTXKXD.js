import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-3DKWJSL6.js";import"./chunk-Y2MVKHS4.js";import"./chunk-NETFGPBN.js";import"./chunk-OO7ILAAJ.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{a as openGitHub};
