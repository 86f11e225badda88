import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-EW4DNJK5.js";import"./chunk-3M5CA3LA.js";import"./chunk-SWLEBWNV.js";import"./chunk-7AQTLEFQ.js";import"./chunk-DJS5LHHB.js";import"./chunk-7VHLZ6D5.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
