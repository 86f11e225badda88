import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-2LQEKPFJ.js";import"./chunk-DMSWOJ7R.js";import"./chunk-TIALG3JO.js";import"./chunk-BDNUYSEK.js";import"./chunk-FCSBAB73.js";import"./chunk-XW6WB3GR.js";export{a as openGitHub};
