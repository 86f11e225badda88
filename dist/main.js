import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{oa as e}from"./chunk-HYSQ4WLM.js";process.exitCode=await e(process.env);process.stdout.write("",()=>process.exit());
