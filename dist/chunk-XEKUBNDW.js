import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a}from"./chunk-UQQIHW4Y.js";import"./chunk-HJ7EKK2V.js";import"./chunk-6MX3OZNW.js";import"./chunk-EPHPREYD.js";import"./chunk-OQMTWIOI.js";import"./chunk-XBFSPRCM.js";import"./chunk-OT3KE5EP.js";import"./chunk-T7F3U4XK.js";import"./chunk-VFEBXUO7.js";import"./chunk-GTUMCHKK.js";import"./chunk-J25D2CTD.js";export{a as openGitHub};
