import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-VOWZCJQZ.js";import"./chunk-4PCI3DBA.js";import"./chunk-CW6BN6GO.js";import"./chunk-QJ6TDGZ4.js";import"./chunk-B6GCMWKZ.js";import"./chunk-7VHLZ6D5.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
