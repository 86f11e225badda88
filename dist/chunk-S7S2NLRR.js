import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{g as a,h as b}from"./chunk-2FKJCS4K.js";import"./chunk-2Q3DQWCW.js";import"./chunk-465QPBUL.js";import"./chunk-ZLTFH36M.js";import"./chunk-IYVDGY3X.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{b as doubtsAbout,a as questionOf};
