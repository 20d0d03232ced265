import { gradePart } from '../jest/part';

gradePart('L');
