import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-YGJOIXYQ.js";import"./chunk-RIMK3P4K.js";import"./chunk-SWLEBWNV.js";import"./chunk-7AQTLEFQ.js";import"./chunk-FI47AU2H.js";import"./chunk-GHPCB77D.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
