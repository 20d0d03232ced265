import { gradePart } from '../jest/part';

gradePart('B');
