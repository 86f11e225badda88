import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-MFF2FA4J.js";import"./chunk-FUOVZKUR.js";import"./chunk-SWLEBWNV.js";import"./chunk-7AQTLEFQ.js";import"./chunk-UJCJ62WB.js";import"./chunk-7VHLZ6D5.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
