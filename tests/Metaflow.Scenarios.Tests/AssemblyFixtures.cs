using Metaflow.Scenarios.Tests.Matrix.Cases;

[assembly: AssemblyFixture(typeof(MatrixCases))]
