import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-SZ2PVRFZ.js";import"./chunk-VHRD5UAM.js";import"./chunk-5I7EYDTF.js";import"./chunk-M2BKDCEM.js";import"./chunk-62QVPAPJ.js";export{b as doubtsAbout,a as questionOf};
