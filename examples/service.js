// A service: registers a model, asks what serves, logs what it served and, later, what happened.
const { randomUUID } = require('node:crypto');
const { LoopwrightClient } = require('loopwright/client');

async function main() {
  // Temporal comes from the environment (TEMPORAL_ADDRESS, profiles), as with every Temporal tool.
  const loopwright = await LoopwrightClient.connect({
    mongodb: process.env.MONGODB_URI ?? 'mongodb://127.0.0.1/?replicaSet=rs0',
  });
  const target = { model: 'churn' };
  // What an artifact is, is told from its bytes: a logistic regression as Loopwright's own trainer writes it.
  const artifact = Buffer.from(
    JSON.stringify({
      format: 'loopwright/logistic-regression@1',
      features: [{ name: 'visits', mean: 5, scale: 2 }],
      coefficients: [-1.2],
      intercept: 0.1,
      trainedRows: 500,
    }),
  );
  // The keys make both safe to repeat: a service that starts again gets what it got the first time.
  const { version } = await loopwright.models.register({ model: 'churn', key: 'first', artifact });
  await loopwright.deployments.deploy(target, version, { who: 'example', reason: 'the first version', key: 'first' });
  const serving = await loopwright.deployments.current(target);
  console.log('what serves:', serving);

  const row = { predictionId: randomUUID(), ts: new Date().toISOString(), features: { visits: 3 } };
  // In an experiment each row goes to the champion or the challenger, always the same one for the same row.
  const serves = loopwright.challenges.assign(serving, row);
  console.log(
    'prediction:',
    await loopwright.predictions.log(target, { ...row, version: serves, score: 0.8, prediction: 1 }),
  );
  // In life this comes days later, from elsewhere: the id is all that joins the two.
  const outcome = { predictionId: row.predictionId, label: 1, labelTs: new Date().toISOString() };
  console.log('outcome:', await loopwright.outcomes.log(target, outcome));
  await loopwright.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
