export const renderReplayReport = (report: unknown): Promise<string> => Promise.resolve(JSON.stringify(report));
