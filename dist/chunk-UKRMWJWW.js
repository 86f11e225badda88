import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-JHUON23L.js";import"./chunk-7NLSI4BD.js";import"./chunk-INSRBS2S.js";import"./chunk-ITJG7CZ7.js";import"./chunk-B6GCMWKZ.js";import"./chunk-7VHLZ6D5.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
