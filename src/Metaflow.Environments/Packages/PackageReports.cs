using Metaflow.Environments.Records;
using Metaflow.Running;

namespace Metaflow.Environments.Packages;

/// <summary>Tells users what is done for environments, and how far it is.</summary>
/// <param name="observer">Learns it.</param>
/// <param name="time">The clock.</param>
internal sealed class PackageReports(IRunObserver observer, TimeProvider time)
{
    /// <summary>Gets what tells nobody anything.</summary>
    public static PackageReports None { get; } = new(SilentObserver.Instance, TimeProvider.System);

    /// <summary>Tells a sentence.</summary>
    /// <param name="text">The sentence.</param>
    public void Say(string text) => observer.OnEvent(new RunEvent.Message(time.GetUtcNow(), text));

    /// <summary>Begins to tell how far something is.</summary>
    /// <param name="phase">What is done.</param>
    /// <param name="packages">The packages; none while they are not known.</param>
    /// <returns>What counts them. To dispose it says that it is over.</returns>
    public PackageTally Begin(PackagePhase phase, IReadOnlyCollection<LockedPackage> packages) => new(observer, time, phase, packages);
}
