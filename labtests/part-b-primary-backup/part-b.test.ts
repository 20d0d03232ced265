import { gradePart } from '../harness/jest/part';

gradePart('B');
