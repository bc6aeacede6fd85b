using System.Diagnostics;
using Metaflow.Errors;
using Metaflow.Launching;
using Metaflow.Metadata;
using Metaflow.Plugins;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Scenarios.Flows;

/// <summary>Prints the stack of the calls that lead from the program's entry to the scheduler's first decision.</summary>
public partial class WayInFlow : FlowSpec
{
    [Step, Resources(Cpu = 1), WayIn]
    private Transition Start() => Next(End);

    [Step]
    private void End()
    {
    }
}

[AttributeUsage(AttributeTargets.Method)]
public sealed class WayInAttribute : DecoratorAttribute, ILaunchedBy
{
    public string LauncherName => WayInPlugin.Launcher;
}

/// <summary>Adds a launcher that is asked in the middle of a decision, and stores in memory, in which nothing waits: all callers are on the
/// stack then.</summary>
public sealed class WayInPlugin : IMetaflowPlugin
{
    public const string Launcher = "way_in";

    private static readonly RunStores Stores = RunStores.InMemory();

    public static void Register(PluginRegistry registry)
    {
        registry.Add<ILauncherFactory>(Launcher, new LauncherFactory());
        registry.Add<IStoreFactory>(Stores.Blobs.TypeName, new StoreFactory());
        registry.Add<IMetadataFactory>(Stores.Metadata.TypeName, new MetadataFactory());
    }

    private sealed class LauncherFactory : ILauncherFactory
    {
        public ITaskLauncher Open(LauncherOptions options) => new AskedLauncher();
    }

    private sealed class StoreFactory : IStoreFactory
    {
        public IBlobStore Open(StoreAddress address, StoreOptions options) => Stores.Blobs;
    }

    private sealed class MetadataFactory : IMetadataFactory
    {
        public IMetadataProvider Open(IBlobStore blobs, StoreOptions options) => Stores.Metadata;
    }
}

internal sealed class AskedLauncher : ITaskLauncher
{
    private bool _hasDecided;

    /// <summary>The scheduler asks as it reckons whether the first task fits on this machine. Others ask too, outside of
    /// decisions.</summary>
    public bool UsesThisMachine
    {
        get
        {
            // As text: code that used reflection could not be identified by step, here as in any program of a flow.
            var stack = new StackTrace().ToString();
            if (!_hasDecided && stack.Contains("Metaflow.Scheduling.SchedulerState.Apply(", StringComparison.Ordinal))
            {
                _hasDecided = true;
                Console.Write(stack);
            }

            return true;
        }
    }

    public ValueTask<ILaunchedTask> LaunchAsync(LaunchRequest request, ITaskObserver observer, CancellationToken cancellationToken)
        => throw new LaunchException("MF6001", "No task starts.", "The first decision is all that was asked for.", "Do not wait for it.");

    public void Dispose()
    {
    }
}
