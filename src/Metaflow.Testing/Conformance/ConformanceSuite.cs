using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Metaflow.Testing.Conformance;

/// <summary>What every implementation of a contract must do: one case for each promise, for any test framework to run.</summary>
/// <remarks>
/// A case is a public virtual method that takes a token and returns a task. An implementation that cannot keep a promise overrides its
/// case, so that the exception to the contract is written down where its tests are. Cases share nothing: they may run at once, in any
/// order, and on places that hold other things already.
/// </remarks>
/// <example>
/// With xunit:
/// <code>
/// public sealed class BucketBlobStoreTests : BlobStoreConformance
/// {
///     public static TheoryData&lt;string&gt; Cases => new(CasesOf&lt;BlobStoreConformance&gt;());
///
///     [Theory, MemberData(nameof(Cases))]
///     public Task Conforms(string name) => RunAsync(name, TestContext.Current.CancellationToken);
///
///     protected override IBlobStore Create() => new BucketBlobStore("bucket");
/// }
/// </code>
/// </example>
public abstract class ConformanceSuite
{
    /// <summary>Returns the names of the cases of a suite.</summary>
    /// <typeparam name="TSuite">The suite.</typeparam>
    /// <returns>The names, sentences with underscores, in alphabetical order.</returns>
    public static IReadOnlyList<string> CasesOf<TSuite>()
        where TSuite : ConformanceSuite
        => [.. Cases(typeof(TSuite)).Select(static method => method.Name).Order(StringComparer.Ordinal)];

    /// <summary>Runs one case.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the case early; never by default.</param>
    /// <returns>A task that ends when the implementation kept the promise.</returns>
    /// <exception cref="ConformanceException">The implementation broke the promise.</exception>
    /// <exception cref="ArgumentException">The suite has no case of that name.</exception>
    public async Task RunAsync(string name, CancellationToken cancellationToken = default)
    {
        var method = Cases(GetType()).FirstOrDefault(method => method.Name == name) ?? throw new ArgumentException(
            $"The suite '{GetType().Name}' has no case '{name}'. Its cases are "
                + $"{string.Join(", ", Cases(GetType()).Select(static method => method.Name))}.",
            nameof(name));
        try
        {
            await ((Task)method.Invoke(this, [cancellationToken])!).ConfigureAwait(false);
        }
        catch (TargetInvocationException error) when (error.InnerException is { } inner)
        {
            // Only a case that is not an async method throws before it returns its task.
            ExceptionDispatchInfo.Throw(inner);
        }
    }

    private static IEnumerable<MethodInfo> Cases(Type suite) => suite
        .GetMethods(BindingFlags.Instance | BindingFlags.Public)
        .Where(static method => method is { IsVirtual: true } && method.ReturnType == typeof(Task)
            && method.GetParameters() is [{ ParameterType: var only }] && only == typeof(CancellationToken));
}
