import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a as e,b as r}from"./chunk-J25D2CTD.js";var p=r((s,i)=>{i.exports=e("os")});var q=r((t,o)=>{o.exports=e("fs")});export{p as a,q as b};
