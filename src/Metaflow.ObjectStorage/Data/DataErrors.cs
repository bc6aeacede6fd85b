using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.ObjectStorage.Transfer;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.ObjectStorage.Data;

/// <summary>The errors of authors' own data.</summary>
internal static class DataErrors
{
    /// <summary>Returns the error of an address or a key that cannot be one.</summary>
    /// <param name="text">The address or key.</param>
    /// <param name="why">Why not, as a sentence.</param>
    /// <param name="fix">What to do, as a sentence.</param>
    public static ConfigurationException Invalid(string text, string why, string fix)
        => new(ErrorCodes.ObjectAddressInvalid, $"'{Shown(text)}' is not an object's address.", why, fix) { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of an address whose store no package of the program has.</summary>
    /// <param name="address">The address.</param>
    /// <param name="scheme">What it begins with.</param>
    /// <param name="known">What addresses can begin with.</param>
    /// <param name="remedy">Where more come from, as a sentence.</param>
    public static ConfigurationException UnknownScheme(string address, string scheme, IReadOnlyList<string> known, string remedy) => new(
        ErrorCodes.UnknownStoreType,
        $"There is no store for the address '{ShownAddress.Of(address)}'.",
        $"This program has stores for {string.Join(", ", known.Select(static name => $"'{name}://'"))}. {remedy}",
        KnownPackages.RemedyOf(scheme) is { } package ? package
            : ClosestName.Find(scheme, known) is { } near ? $"Did you mean '{near}://'?"
            : "Reference the package that provides it, such as Metaflow.Aws for 's3://'.")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of a run of which nothing says where its data are.</summary>
    /// <param name="run">The run's pathspec.</param>
    /// <param name="type">The type of the store.</param>
    /// <param name="setting">The setting that says it.</param>
    public static ConfigurationException NoRoot(string run, string type, string setting) => new(
        ErrorCodes.NoDataRoot,
        $"The run '{run}' has no place for data in a store of type '{type}'.",
        $"Neither {setting} nor the root of a datastore of this type is set.",
        $"Set {setting}, or give the root: ObjectFolder.ForRun(Current, root: \"…\").")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of an object that is not there.</summary>
    /// <param name="address">The address.</param>
    public static StorageException Missing(string address) => new(
        ErrorCodes.ObjectMissing,
        $"There is no object '{address}'.",
        "It was never stored, it was deleted, or its key is misspelt; large and small letters differ.",
        "List the folder to see its keys. If the object may be missing, pass 'returnMissing: true' and read 'Exists'.");

    /// <summary>Returns the error of a part that an object does not have.</summary>
    /// <param name="address">The address.</param>
    /// <param name="range">The part.</param>
    public static StorageException NoSuchPart(string address, ObjectRange range) => new(
        ErrorCodes.ObjectRangeInvalid,
        $"The object '{address}' has no part '{range.Header}'.",
        "The part begins behind the end of the object, or it is empty.",
        "Ask for the object's length first: it is 'Size' of what 'InfoAsync' returns.");

    /// <summary>Returns the error of an object whose content is not what was stored.</summary>
    /// <param name="address">The address.</param>
    public static StorageException Damaged(string address) => new(
        ErrorCodes.ObjectDamaged,
        $"The object '{address}' is damaged.",
        "Its content does not have the SHA-256 that was stored with it.",
        "Get it again. If the error stays, another program changed the content and kept the metadata: store the object again.")
    { IsTransient = true };

    /// <summary>Returns the error of a bucket that is not there.</summary>
    /// <param name="error">What the store says.</param>
    /// <param name="address">The address.</param>
    public static StorageException PlaceMissing(StorageException error, string address)
        => new(error.Code, error.What, error.Why, $"Create it, or correct the address '{address}'.", error);

    /// <summary>Returns the error of a file that was to be stored.</summary>
    /// <param name="what">What cannot be done, as a sentence.</param>
    /// <param name="cause">What the system says.</param>
    public static StorageException NotReadable(string what, Exception cause) => new(
        cause is UnauthorizedAccessException ? ErrorCodes.StorageNoPermission : ErrorCodes.StorageReadFailed,
        what,
        ObjectErrors.Sentence(cause.Message),
        "Correct the path, or the permissions of the file.",
        cause);

    // A key may have any character.
    private static string Shown(string text) => text.Contains("://", StringComparison.Ordinal) ? ShownAddress.Of(text) : text;
}
