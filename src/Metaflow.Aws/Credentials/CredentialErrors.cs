using Metaflow.Errors;

namespace Metaflow.Aws.Credentials;

/// <summary>The errors of credentials.</summary>
internal static class CredentialErrors
{
    /// <summary>Returns the error of credentials that are nowhere.</summary>
    /// <param name="why">Where they were looked for, or who refused them, as a sentence.</param>
    /// <param name="cause">What was thrown.</param>
    public static ConfigurationException Missing(string why, Exception? cause = null) => new(
        ErrorCodes.CredentialsMissing,
        "There are no credentials for AWS.",
        why,
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose a profile of ~/.aws with AWS_PROFILE.",
        cause);
}
