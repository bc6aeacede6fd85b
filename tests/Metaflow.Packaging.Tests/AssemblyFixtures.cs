using Metaflow.Packaging.Tests;

[assembly: AssemblyFixture(typeof(PackedPackages))]
