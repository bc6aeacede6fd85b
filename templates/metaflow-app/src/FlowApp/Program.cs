using AppNamespace;
using Metaflow;

return await FlowProgram.RunAsync<DartsFlow>(args);
