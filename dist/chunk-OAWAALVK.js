import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-BSM7WSVA.js";import"./chunk-65WDOCLU.js";import"./chunk-OVDNJK5Q.js";import"./chunk-ITJG7CZ7.js";import"./chunk-FGNDN2J6.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
