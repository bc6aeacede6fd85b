using Metaflow.Architecture.Tests.Sources;

[assembly: AssemblyFixture(typeof(RepositorySources))]
