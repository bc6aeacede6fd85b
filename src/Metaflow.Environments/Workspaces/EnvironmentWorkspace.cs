using Metaflow.Environments.Creation;
using Metaflow.Environments.Resolution;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Environments.Workspaces;

/// <summary>All that resolves, stores and creates environments, as the settings of a process want it.</summary>
internal sealed class EnvironmentWorkspace
{
    private EnvironmentWorkspace(EnvironmentResolver resolver, EnvironmentFolder folder, PackageSources sources)
        => (Resolver, Folder, Sources) = (resolver, folder, sources);

    public EnvironmentResolver Resolver { get; }

    public EnvironmentFolder Folder { get; }

    public PackageSources Sources { get; }

    public static EnvironmentWorkspace Open(MetaflowSettings settings, StoreOptions options)
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "metaflow", "environments");
        var sources = new PackageSources(null, "");
        return new EnvironmentWorkspace(
            new EnvironmentResolver(new NuGetResolver(new SdkRestore("dotnet", Environment.CurrentDirectory), options.Time, settings.User), sources.Add),
            new EnvironmentFolder(folder, options.Time), sources);
    }
}
