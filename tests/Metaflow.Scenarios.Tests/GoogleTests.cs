using Metaflow.ObjectStorage.Tests.Servers;
using Metaflow.Scenarios.Tests.Clouds;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs in Google Cloud Storage, as an emulator with the tests' own conditions has it.</summary>
public sealed class GoogleTests(GoogleEmulator emulator) : CloudRunTests(new GoogleCloud(emulator));
