// One worker for the user's workflows and Loopwright's: the plugin composes them.
const { NativeConnection, Worker } = require('@temporalio/worker');
const { LoopwrightPlugin } = require('loopwright');

async function main() {
  const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233' });
  const worker = await Worker.create({
    connection,
    taskQueue: 'loopwright',
    workflowsPath: require.resolve('./workflows'),
    plugins: [
      new LoopwrightPlugin({ mongodb: { uri: process.env.MONGODB_URI ?? 'mongodb://127.0.0.1/?replicaSet=rs0' } }),
    ],
  });
  await worker.run();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
