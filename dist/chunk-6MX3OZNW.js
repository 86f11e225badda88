import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a as r,b as i}from"./chunk-J25D2CTD.js";var o=i((p,e)=>{e.exports=r("node:zlib")});export{o as a};
