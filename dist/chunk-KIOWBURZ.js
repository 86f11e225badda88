import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-BWZXLJUW.js";import"./chunk-DA7362LM.js";import"./chunk-LHHVJORR.js";import"./chunk-ITJG7CZ7.js";import"./chunk-CRG3ITXE.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
