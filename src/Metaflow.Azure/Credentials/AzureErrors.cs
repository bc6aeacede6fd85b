using Metaflow.Errors;

namespace Metaflow.Azure.Credentials;

/// <summary>The errors of accounts and credentials.</summary>
internal static class AzureErrors
{
    /// <summary>Returns the error of settings that name no account.</summary>
    /// <param name="setting">The setting that should.</param>
    public static ConfigurationException AccountMissing(string setting) => new(
        ErrorCodes.StoreAddressInvalid,
        "The datastore in Azure has no storage account.",
        $"A root names a container, and {setting} is not set.",
        $"Set {setting} to the address of the account, such as 'https://ours.blob.core.windows.net'.")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of credentials that are nowhere.</summary>
    /// <param name="why">Where they were looked for, or who refused them, as a sentence.</param>
    /// <param name="cause">What was thrown.</param>
    public static ConfigurationException Missing(string why, Exception? cause = null) => new(
        ErrorCodes.CredentialsMissing,
        "There are no credentials for Azure.",
        why,
        "Run 'az login', or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or the account's AZURE_STORAGE_KEY or "
            + "AZURE_STORAGE_SAS_TOKEN.",
        cause);
}
