/** Model formats, scoring and trainers; pure. */
export { formatOf, signatureOf, trainerOf } from './format';
export * from './logistic-regression';
export * from './model';
export * from './remote-scorer';
export * from './stage';
export { decodeTrainingCsv, encodeTrainingCsv, TrainingCsvError } from './training-csv';
