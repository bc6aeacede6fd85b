using Metaflow.ObjectStorage.Transfer;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Data;

/// <summary>Opens buckets of one service for authors' own data.</summary>
/// <remarks>
/// <para>The plug-in of a service adds one under the scheme of its addresses: <c>registry.Add&lt;IObjectDataFactory&gt;("s3", …)</c>. Then
/// <c>s3://bucket/key</c> is an address of <see cref="ObjectFolder"/>. The scheme is the type of the service's datastore too.</para>
/// <para>It also describes the setting <see cref="Stores.RunDataRoots.SettingOf"/> of its type, and those of
/// <see cref="DataRoots.SharedSettings"/>, so that tasks get them.</para>
/// </remarks>
internal interface IObjectDataFactory
{
    /// <summary>Opens a bucket. Nothing is asked of the service yet.</summary>
    /// <param name="place">The bucket or container: the part of an address between the scheme and the first slash.</param>
    /// <param name="options">The settings and the clock. Calls must not block.</param>
    /// <returns>What sends requests. Its caller closes it.</returns>
    /// <exception cref="Errors.ConfigurationException">The name or a setting cannot be.</exception>
    ObjectClient Open(string place, StoreOptions options);
}
