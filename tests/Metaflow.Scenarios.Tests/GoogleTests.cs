using Metaflow.ObjectStorage.Tests.Servers;

namespace Metaflow.Scenarios.Tests;

/// <summary>Runs in Google Cloud Storage, as an emulator with the tests' own conditions has it.</summary>
public sealed class GoogleTests(GoogleEmulator emulator) : CloudRunTests
{
    protected override string Cloud => "gcp";

    protected override async Task<Uri> ServerAsync() => (await emulator.RequiredAsync()).Address;

    private protected override async Task<IReadOnlyDictionary<string, string>> CreateAsync() => new Dictionary<string, string>
    {
        ["STORAGE_EMULATOR_HOST"] = Proxy.Address.ToString(),
        ["METAFLOW_DEFAULT_DATASTORE"] = "gs",
        ["METAFLOW_DATASTORE_SYSROOT_GS"] = $"gs://{(await emulator.RequiredAsync()).CreateBucket()}/some/runs",
    };
}
