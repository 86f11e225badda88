import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-HPPK3A2Z.js";import"./chunk-ZFFRLWNI.js";import"./chunk-AMKHKAWZ.js";import"./chunk-4VNKVWMN.js";import"./chunk-4YI6EITC.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
