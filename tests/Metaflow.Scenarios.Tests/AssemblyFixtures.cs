using Metaflow.Scenarios.Tests;
using Metaflow.Scenarios.Tests.Matrix.Cases;

[assembly: AssemblyFixture(typeof(MatrixCases))]
[assembly: AssemblyFixture(typeof(FlowsProgram))]
