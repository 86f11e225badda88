import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-RWBP5K4W.js";import"./chunk-E7VBMY7W.js";import"./chunk-SWLEBWNV.js";import"./chunk-7AQTLEFQ.js";import"./chunk-NRRWUFUN.js";import"./chunk-GHPCB77D.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
