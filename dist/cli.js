#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{L as s}from"./chunk-TYNE76KB.js";process.stdout.on("error",o=>{if(o.code!=="EPIPE")throw o});process.exitCode=await s(process.argv.slice(2),{stdout:process.stdout,stderr:process.stderr,env:process.env,cwd:process.cwd(),clock:Date.now});
