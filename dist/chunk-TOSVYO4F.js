import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-HDVDU4O7.js";import"./chunk-SWLEBWNV.js";import"./chunk-MJXNQXIW.js";import"./chunk-EK2Y5RP2.js";import"./chunk-VF6WX65R.js";import"./chunk-7VHLZ6D5.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
