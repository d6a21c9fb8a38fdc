// A service: registers a model, serves with it, logs what it served and, later, what happened.
const { LoopwrightClient } = require('loopwright/client');

async function main() {
  const loopwright = await LoopwrightClient.connect({
    mongodb: process.env.MONGODB_URI ?? 'mongodb://127.0.0.1/?replicaSet=rs0',
  });
  const target = { model: 'churn' };
  const artifact = Buffer.from('the bytes of a model');
  const { version } = await loopwright.models.register({ model: 'churn', key: 'first', artifact });
  await loopwright.deployments.deploy(target, version, { who: 'example', reason: 'the first version', key: 'first' });

  const serving = await loopwright.deployments.current(target);
  const row = { predictionId: 'p-1', ts: new Date().toISOString(), features: { visits: 3 } };
  const serves = loopwright.experiments.assign(serving, row);
  console.log(await loopwright.predictions.log(target, { ...row, version: serves, score: 0.8, prediction: 1 }));
  console.log(
    await loopwright.outcomes.log(target, { predictionId: 'p-1', label: 1, labelTs: new Date().toISOString() }),
  );
  console.log(await loopwright.predictions.find(target, 'p-1'));
  await loopwright.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
