using System.Reflection;
using Metaflow.Client;
using Metaflow.Core.Tests.Storage;
using Metaflow.Errors;
using Metaflow.Metadata;
using Metaflow.Storage;

namespace Metaflow.Core.Tests.Client;

/// <summary>A store that cannot be reached for a while, as one that is far away.</summary>
public sealed class FailingStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_handle_that_could_not_read_reads_when_it_is_asked_again()
    {
        var sample = await new SampleRun(_folder.Root).WriteAsync(2);
        var blobs = MakeFailing<IBlobStore>(new LocalBlobStore(_folder.Root));
        var metadata = MakeFailing<IMetadataProvider>(new LocalMetadataProvider(_folder.Root, TimeProvider.System));
        var flow = new MetaflowClient((IMetadataProvider)metadata, (IBlobStore)blobs).Flow("SampleFlow");
        Retried(() => flow.Runs().Count, 1);
        var run = flow.LatestRun!;
        Retried(() => run.Steps.Count, 4);
        var step = run.Step("end");
        Retried(() => step.Tasks.Count, 1);
        var task = step.Task!;
        Retried(() => task.Metadata.Count > 0, true);
        Retried(() => task.MetadataDictionary["attempt"], "0");
        Retried(() => task.Artifacts.Count > 0, true);
        Retried(() => task.Data["text"], "grüße");
        Retried(() => task.Stdout, "hello from end\n");
        Assert.Equal(sample.Pathspec, run.Pathspec);

        void Retried<T>(Func<T> read, T expected)
        {
            blobs.Fails = metadata.Fails = true;
            try
            {
                _ = read();
            }
            catch (Exception error) when (error is StorageException { Code: "MF4007" })
            {
                // What was read before needs no store.
            }

            blobs.Fails = metadata.Fails = false;
            Assert.Equal(expected, read());
        }
    }

    private static Failing<T> MakeFailing<T>(T real)
        where T : class
    {
        var proxy = (Failing<T>)(object)DispatchProxy.Create<T, Failing<T>>();
        proxy.Real = real;
        return proxy;
    }

    /// <summary>Something that fails as long as it is told to.</summary>
    public class Failing<T> : DispatchProxy
        where T : class
    {
        public T? Real { get; set; }

        public bool Fails { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Fails && !targetMethod!.IsSpecialName
            ? throw new StorageException(ErrorCodes.StorageReadFailed, "It cannot be read.", "The network is down.", "Try again.")
            : targetMethod!.Invoke(Real, args);
    }
}
